package org.valise.bench;

import org.valise.bench.micro.EventBench;
import org.valise.bench.micro.Figure;
import org.valise.bench.micro.StateStorageBench;
import org.valise.bench.pushrules.PushRulesBench;
import org.valise.platform.telemetry.LogConfig;
import org.valise.platform.telemetry.Logging;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// The inner loops by themselves.
@Command(
        name = "micro",
        description = "Canonical JSON, signatures, authorization, state, push rules by themselves.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class MicroCommand implements Callable<Integer> {
    @Option(
            names = "--resolution-events",
            defaultValue = "100000",
            description = "In the room whose state is resolved (default: 100000).")
    private int resolutionEvents;

    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        Logging.configure(new LogConfig(LogConfig.Format.TEXT, "WARN", Map.of()));
        List<Figure> figures = new ArrayList<>(EventBench.run());
        figures.addAll(StateStorageBench.run());
        report.figures(
                figures.stream().map(Figure::toString).collect(Collectors.joining("\n")),
                JsonObject.of("figures", json(figures)));
        PushRulesBench.main(new String[0]);
        StateResolutionBench.main(new String[] {Integer.toString(resolutionEvents), "1"});
        return 0;
    }

    private static JsonArray json(List<Figure> figures) {
        return JsonArray.of(
                figures.stream()
                        .map(figure ->
                                JsonObject.of(
                                        "what",
                                        figure.what(),
                                        "value",
                                        figure.value(),
                                        "unit",
                                        figure.unit()))
                        .toList());
    }
}
