package org.valise.bench;

import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.stateresolution.DifferenceResolution;
import org.valise.protocol.stateresolution.NumberedEvents;
import org.valise.protocol.stateresolution.StateDifference;
import org.valise.protocol.stateresolution.StateResolution;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Resolves a forked room with its auth graph in memory: by default 100,000 events and 1 % of the
/// state in conflict, in room versions with state resolution 2.1, 2 and 1.
///
/// Times are CPU time of the resolving thread, which a busy machine does not change much, and wall
/// time. Aim: at most 500 ms, of which about 3 ms for the walk over the graph, on one core (start
/// it under `taskset -c 0`).
public final class StateResolutionBench {
    private static final int RUNS = 51;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private StateResolutionBench() {}

    /// @param args the number of events and the percentage of the state in conflict
    public static void main(String[] args) {
        int events = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        int percent = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        for (RoomVersion version : List.of(RoomVersion.V12, RoomVersion.V11, RoomVersion.V1)) {
            measure(new ForkedRoom(version, events, percent));
        }
    }

    private static void measure(ForkedRoom room) {
        System.out.printf(
                "room version %s: %,d events, %,d state entries, %,d events in conflict%n",
                room.version, room.eventCount(), room.stateSize(), room.conflicts());
        NumberedEvents loaded = room.loaded();
        measure("graph only, events to be loaded", room, ForkedRoom::none);
        measure("whole, events loaded as bytes", room, room::stored);
        measure("whole, events in use", room, () -> loaded);
    }

    private static void measure(String what, ForkedRoom room, Supplier<NumberedEvents> fresh) {
        StateDifference difference = room.difference();
        double[] cpu = new double[RUNS];
        double[] wall = new double[RUNS];
        int answer = 0;
        for (int run = 0; run < RUNS; run++) {
            NumberedEvents events = fresh.get();
            long wallBegin = System.nanoTime();
            long cpuBegin = THREADS.getCurrentThreadCpuTime();
            answer =
                    switch (StateResolution.resolve(
                            room.version, room.graph, difference, events, (k, m, s) -> false)) {
                        case DifferenceResolution.Resolved resolved -> resolved.entries().size();
                        case DifferenceResolution.NeedsEvents needs -> needs.numbers().size();
                    };
            cpu[run] = (THREADS.getCurrentThreadCpuTime() - cpuBegin) / 1e6;
            wall[run] = (System.nanoTime() - wallBegin) / 1e6;
        }
        double first = cpu[0];
        Arrays.sort(cpu);
        Arrays.sort(wall);
        System.out.printf(
                "  %-32s CPU: median %6.1f ms, first %6.1f, worst %6.1f; wall: median %6.1f (%,d"
                        + " events)%n",
                what, cpu[RUNS / 2], first, cpu[RUNS - 1], wall[RUNS / 2], answer);
    }
}
