package org.valise.platform.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How PostgreSQL's programs are started: they refuse to run as root, and must end when we are
/// killed.
///
/// A normal user runs them directly. Root runs them as `valise`, if there is such a user, or
/// `nobody`; where that user cannot reach the folder (below `/root`, say) they run in a user
/// namespace in which root is nobody. The cluster's owner remembers which it was.
///
/// @param prefix comes before the command
/// @param uid the owner of the cluster, or -1 when that is the user who runs Valise
record RunAs(List<String> prefix, int uid, int gid) {
    private static final int ROOT = 0;
    private static final List<String> USERS = List.of("valise", "nobody");
    // Its own session, so that a Ctrl-C in the terminal is Valise's to handle; told to end (fast
    // shutdown) when its parent is killed.
    private static final List<String> SESSION = List.of("setsid");
    private static final List<String> DROP =
            List.of("setpriv", "--pdeathsig", "INT", "--no-new-privs");
    private static final List<String> NAMESPACE = List.of("unshare", "-U");

    /// For a cluster that is to be made inside this folder, which must exist.
    static RunAs forNew(Path folder) throws IOException {
        if (uidOf(Path.of("/proc/self")) != ROOT) return direct();
        for (String user : USERS) {
            int uid = numberOf("-u", user);
            int gid = numberOf("-g", user);
            if (uid <= ROOT || gid < 0) continue;
            RunAs candidate = dropped(uid, gid);
            if (candidate.works("sh", "-c", "cd \"$0\"", folder.toString())) return candidate;
        }
        return namespace();
    }

    /// For a cluster that exists.
    static RunAs forExisting(Path cluster) throws IOException {
        int self = uidOf(Path.of("/proc/self"));
        int owner = uidOf(cluster);
        if (self == ROOT) {
            return owner == ROOT
                    ? namespace()
                    : dropped(owner, (int) Files.getAttribute(cluster, "unix:gid"));
        }
        if (owner != self) {
            throw new IOException(
                    "The database folder %s belongs to %s, and Valise runs as %s. Run Valise as root, as before, or: chown -R %s %s"
                            .formatted(
                                    cluster,
                                    Files.getOwner(cluster).getName(),
                                    self().getName(),
                                    self().getName(),
                                    cluster));
        }
        return direct();
    }

    /// The user who runs this process.
    static UserPrincipal self() throws IOException {
        return Files.getOwner(Path.of("/proc/self"));
    }

    List<String> command(String... command) {
        return command(List.of(command));
    }

    List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /// Gives a fresh folder to the user who will run the server.
    void give(Path folder) throws IOException {
        if (uid < 0) return;
        var users = folder.getFileSystem().getUserPrincipalLookupService();
        Files.setOwner(folder, users.lookupPrincipalByName(Integer.toString(uid)));
        var view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
        if (view != null) view.setGroup(users.lookupPrincipalByGroupName(Integer.toString(gid)));
    }

    private static RunAs direct() {
        return firstThatWorks(
                new RunAs(joined(SESSION, DROP, List.of("--")), -1, -1),
                new RunAs(SESSION, -1, -1),
                new RunAs(List.of(), -1, -1));
    }

    private static RunAs dropped(int uid, int gid) {
        List<String> user =
                List.of(
                        "--reuid=" + uid,
                        "--regid=" + gid,
                        "--clear-groups",
                        "--inh-caps=-all",
                        "--");
        return new RunAs(joined(SESSION, DROP, user), uid, gid);
    }

    private static RunAs namespace() throws IOException {
        RunAs namespace = new RunAs(joined(SESSION, NAMESPACE, DROP, List.of("--")), -1, -1);
        if (namespace.works("true")) return namespace;
        throw new IOException(
                "PostgreSQL refuses to run as root, and this system lets root neither change to the"
                    + " user \"nobody\" for the data folder nor open a user namespace. Run Valise"
                    + " as a normal user (in a container: USER valise), or move the data folder to"
                    + " a place that others may enter (chmod o+x on its parents), or set"
                    + " database.url to a PostgreSQL server.");
    }

    private static RunAs firstThatWorks(RunAs... candidates) {
        for (RunAs candidate : candidates) if (candidate.works("true")) return candidate;
        return candidates[candidates.length - 1];
    }

    private boolean works(String... command) {
        try {
            return Command.run(command(command), Map.of(), "").exit() == 0;
        } catch (IOException e) {
            return false; // the program is not installed
        }
    }

    private static int uidOf(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    private static int numberOf(String option, String user) {
        try {
            Command.Result result = Command.run(List.of("id", option, user), Map.of(), "");
            return result.exit() == 0 ? Integer.parseInt(result.output().strip()) : -1;
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    @SafeVarargs
    private static List<String> joined(List<String>... parts) {
        List<String> whole = new ArrayList<>();
        for (List<String> part : parts) whole.addAll(part);
        return List.copyOf(whole);
    }
}
