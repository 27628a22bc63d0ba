package org.valise.platform.http;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the operation for a method and a raw path: a trie over path segments.
///
/// A literal goes before a parameter. A parameter matches one segment; an empty one only at the end
/// of the path, where it stands for an empty state key.
final class Router {
    private final Node root = new Node();

    /// Paths without parameters, found at once: `/sync` is most of what comes.
    private final Map<String, Node> literal = new HashMap<>();

    private final List<Operation> operations;

    Router(List<Operation> operations) {
        this.operations = List.copyOf(operations);
        for (Operation operation : operations) {
            for (String template : operation.route().templates()) {
                add(operation, template);
            }
        }
    }

    List<Operation> operations() {
        return operations;
    }

    /// What a path leads to: an operation; a known path of other methods; or nothing.
    sealed interface Found {
        /// @param parameters in the order of the template, still raw
        record Match(Target target, List<String> parameters) implements Found {}

        record OtherMethod(String allowed) implements Found {}

        record Nothing() implements Found {}
    }

    /// An operation at one of its paths.
    record Target(Operation operation, String template, List<String> names) {}

    Found find(String method, String path) {
        Node exact = literal.get(path);
        if (exact != null) {
            return found(exact, method, List.of());
        }
        if (path.isEmpty() || path.charAt(0) != '/') {
            return NOTHING;
        }
        List<String> raw = new ArrayList<>(4);
        Node node = walk(root, path, 1, raw);
        return node == null ? NOTHING : found(node, method, raw);
    }

    private static final Found NOTHING = new Found.Nothing();

    private static Found found(Node node, String method, List<String> parameters) {
        Target target = node.targets.get(method);
        // HEAD is GET without its body.
        if (target == null && method.equals("HEAD")) {
            target = node.targets.get("GET");
        }
        return target == null
                ? new Found.OtherMethod(node.allowed())
                : new Found.Match(target, parameters);
    }

    private static @Nullable Node walk(Node node, String path, int from, List<String> parameters) {
        int slash = path.indexOf('/', from);
        int to = slash < 0 ? path.length() : slash;
        boolean last = slash < 0;
        String segment = path.substring(from, to);
        Node next = node.literals.get(segment);
        if (next != null) {
            Node end = last ? next.endOrNull() : walk(next, path, to + 1, parameters);
            if (end != null) {
                return end;
            }
        }
        Node any = node.parameter;
        if (any == null || (segment.isEmpty() && !last)) {
            return null;
        }
        parameters.add(segment);
        Node end = last ? any.endOrNull() : walk(any, path, to + 1, parameters);
        if (end == null) {
            parameters.removeLast();
        }
        return end;
    }

    private void add(Operation operation, String template) {
        if (!template.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with /: " + template);
        }
        List<String> names = new ArrayList<>();
        Node node = root;
        for (String segment : template.substring(1).split("/", -1)) {
            if (segment.startsWith("{") && segment.endsWith("}")) {
                names.add(segment.substring(1, segment.length() - 1));
                Node parameter = node.parameter == null ? new Node() : node.parameter;
                node.parameter = parameter;
                node = parameter;
            } else {
                node = node.literals.computeIfAbsent(segment, absent -> new Node());
            }
        }
        Target target = new Target(operation, template, List.copyOf(names));
        Target before = node.targets.putIfAbsent(operation.route().method().name(), target);
        if (before != null) {
            throw new IllegalArgumentException(
                    operation.route()
                            + " and "
                            + before.operation().route()
                            + " both answer "
                            + operation.route().method()
                            + " "
                            + template);
        }
        if (names.isEmpty()) {
            literal.put(template, node);
        }
    }

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        @Nullable Node parameter;
        final Map<String, Target> targets = new HashMap<>();

        @Nullable Node endOrNull() {
            return targets.isEmpty() ? null : this;
        }

        String allowed() {
            List<String> methods = new ArrayList<>(targets.keySet());
            methods.sort(null);
            methods.add("OPTIONS");
            return String.join(", ", methods);
        }
    }
}
