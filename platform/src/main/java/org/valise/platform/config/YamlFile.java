package org.valise.platform.config;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The file's keys, flattened (`database.pool_size`), as texts: which type a key has is for
/// [Settings] to say.
final class YamlFile {
    private static final int DEEPEST = 8;

    private final String name;
    private final List<String> faults;
    private final Map<String, Given> given = new LinkedHashMap<>();

    private YamlFile(String name, List<String> faults) {
        this.name = name;
        this.faults = faults;
    }

    static Map<String, Given> read(Path file, List<String> faults) {
        Path name = file.getFileName();
        YamlFile yaml = new YamlFile(name == null ? file.toString() : name.toString(), faults);
        try {
            yaml.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            faults.add("The configuration file " + file.toAbsolutePath() + " does not exist.");
        } catch (MalformedInputException e) {
            faults.add("The configuration file " + file.toAbsolutePath() + " is not UTF-8 text.");
        } catch (IOException e) {
            faults.add(
                    "The configuration file "
                            + file.toAbsolutePath()
                            + " cannot be read: "
                            + e.getMessage());
        }
        return yaml.given;
    }

    static Map<String, Given> parse(String text, String name, List<String> faults) {
        YamlFile yaml = new YamlFile(name, faults);
        yaml.parse(text);
        return yaml.given;
    }

    private void parse(String text) {
        Optional<Node> root;
        try {
            root =
                    new Compose(LoadSettings.builder().setLabel(name).setUseMarks(true).build())
                            .composeString(text);
        } catch (MarkedYamlEngineException e) {
            String line =
                    e.getProblemMark().map(mark -> " line " + (mark.getLine() + 1)).orElse("");
            faults.add(name + line + ": not YAML: " + e.getProblem());
            return;
        } catch (YamlEngineException e) {
            faults.add(name + ": not YAML: " + e.getMessage());
            return;
        }
        if (root.isEmpty() || isNull(root.get())) return;
        if (root.get() instanceof MappingNode mapping) section("", mapping, 0);
        else faults.add(name + ": expected lines such as \"server_name: example.org\"");
    }

    private void section(String prefix, MappingNode mapping, int depth) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                faults.add(where(tuple.getKeyNode()) + ": a key must be a word");
                continue;
            }
            String key = prefix + keyNode.getValue();
            switch (tuple.getValueNode()) {
                case ScalarNode scalar -> {
                    if (!isNull(scalar)) put(key, Given.one(scalar.getValue(), where(keyNode)));
                }
                case SequenceNode sequence -> list(key, sequence, where(keyNode));
                case MappingNode inner when depth < DEEPEST -> section(key + ".", inner, depth + 1);
                default -> faults.add(where(keyNode) + ": nested too deeply");
            }
        }
    }

    private void list(String key, SequenceNode sequence, String where) {
        List<String> texts = new ArrayList<>();
        for (Node member : sequence.getValue()) {
            if (member instanceof ScalarNode scalar) texts.add(scalar.getValue());
            else faults.add(where(member) + ": " + key + " is a list of plain values");
        }
        put(key, new Given(List.copyOf(texts), true, where));
    }

    private void put(String key, Given value) {
        Given before = given.putIfAbsent(key, value);
        if (before != null)
            faults.add(value.where() + ": " + key + " is already set in " + before.where());
    }

    private String where(Node node) {
        return name + node.getStartMark().map(mark -> " line " + (mark.getLine() + 1)).orElse("");
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }
}
