package io.vectron.standalone.cluster;

import io.vectron.standalone.cluster.ServiceState.Life;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.process.ProcessFile;
import io.vectron.standalone.process.Processes;
import io.vectron.standalone.process.StartedProcess;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one cluster on this machine. They outlive this object: what it knows lies in
 * their folders. Starting and stopping need the folder's lock, see {@link DataFolder}; used by one
 * thread.
 */
public final class Cluster {
    private final ClusterPlace place;
    private final ClusterPlan plan;

    Cluster(ClusterPlace place, JavaRuntime java, Map<Service, List<String>> launchers) {
        this.place = place;
        this.plan = new ClusterPlan(place, java, launchers);
    }

    /** The cluster at a place, on the Java of this process. */
    public static Cluster at(ClusterPlace place) {
        return at(place, Map.of());
    }

    /**
     * As {@link #at(ClusterPlace)}, with programs that start some of the services.
     *
     * @param launchers program and arguments, to which the service's own command is added; the
     *     program must replace itself by it
     */
    public static Cluster at(ClusterPlace place, Map<Service, List<String>> launchers) {
        return new Cluster(place, JavaRuntime.ofThisProcess(System.getenv()), launchers);
    }

    /** Where it lies and listens. */
    public ClusterPlace place() {
        return place;
    }

    /** Whether the process of a service runs. */
    public Life life(Service service) throws IOException {
        StartedProcess process = note(service).read();
        if (process == null) {
            return Life.STOPPED;
        }
        return Processes.alive(process) ? Life.RUNNING : Life.DEAD;
    }

    /** The services whose process runs. */
    public List<Service> running() throws IOException {
        List<Service> running = new ArrayList<>();
        for (Service service : Service.values()) {
            if (life(service) == Life.RUNNING) {
                running.add(service);
            }
        }
        return running;
    }

    /** How each service that belongs to it is, in the order of {@link Service}. */
    public List<ServiceState> status() throws IOException {
        List<ServiceState> states = new ArrayList<>();
        try (Readiness readiness = new LiveReadiness(place.ports())) {
            for (Service service : place.services()) {
                states.add(status(service, readiness));
            }
        }
        return states;
    }

    private ServiceState status(Service service, Readiness readiness) throws IOException {
        Part part = service.part();
        String address = part == null ? "" : place.ports().address(part);
        StartedProcess process = note(service).read();
        if (process == null) {
            return new ServiceState(service, Life.STOPPED, 0, null, "stopped", -1, address);
        }
        if (!Processes.alive(process)) {
            return new ServiceState(
                    service, Life.DEAD, process.pid(), process.since(), "dead", -1, address);
        }
        return new ServiceState(
                service,
                Life.RUNNING,
                process.pid(),
                process.since(),
                readiness.lacks(service),
                Processes.residentBytes(process),
                address);
    }

    /**
     * Starts what does not run, and waits until all of {@code wanted} can serve.
     *
     * @param wanted services to be ready in the end
     * @param limit how long that may take
     * @param told of each service that has become ready, and how long it took
     * @throws RefusedException if a port is taken, or one of them ends or is not ready in time;
     *     what this call had started is stopped again
     */
    public Map<Service, Duration> start(
            Collection<Service> wanted, Duration limit, Consumer<Service> told)
            throws IOException, RefusedException {
        try (Readiness readiness = new LiveReadiness(place.ports())) {
            return new Start(this, readiness, limit, told).run(Set.copyOf(wanted));
        }
    }

    /** Starts the process of a service, and waits for nothing. */
    StartedProcess launch(Service service) throws IOException {
        ServicePlan todo = plan.of(service);
        for (Path folder : todo.emptied()) {
            Folders.empty(folder);
        }
        for (Map.Entry<Path, String> file : todo.files().entrySet()) {
            Files.createDirectories(file.getKey().getParent());
            Files.writeString(file.getKey(), file.getValue());
        }
        StartedProcess process = Processes.start(todo.launch());
        note(service).write(process);
        return process;
    }

    /**
     * Stops services, each in the order that suits the others: SIGTERM, and SIGKILL for those that
     * do not end within their limit.
     *
     * @param told of each service that has ended, and whether it had to be killed
     */
    public void stop(Collection<Service> wanted, StopListener told) throws IOException {
        for (Service service : Service.inStopOrder()) {
            StartedProcess process = note(service).read();
            if (wanted.contains(service) && process != null) {
                boolean ran = Processes.alive(process);
                if (service.broker() > 0) {
                    terminateBrokers(wanted);
                }
                boolean killed = !end(service, process);
                note(service).delete();
                if (ran) {
                    told.stopped(service, killed);
                }
            }
        }
    }

    /**
     * All at once: a broker hands on what it leads before it ends, for which it needs a majority of
     * the controllers, and each of them ends with its broker.
     */
    private void terminateBrokers(Collection<Service> wanted) throws IOException {
        for (Service service : wanted) {
            StartedProcess process = service.broker() > 0 ? note(service).read() : null;
            if (process != null) {
                Processes.terminate(process);
            }
        }
    }

    /** Told of services that have been stopped. */
    public interface StopListener {
        /** {@code killed}: it did not end by itself in time. */
        void stopped(Service service, boolean killed);
    }

    /** Ends a process; false if it had to be killed. */
    private static boolean end(Service service, StartedProcess process) throws IOException {
        Processes.terminate(process);
        if (Processes.awaitEnd(process, service.stopLimit())) {
            return true;
        }
        Processes.kill(process);
        if (!Processes.awaitEnd(process, service.stopLimit())) {
            throw new IOException(
                    service + " (process " + process.pid() + ") cannot be ended, not even killed");
        }
        return false;
    }

    /** The process of a service; null if it was stopped. */
    public @Nullable StartedProcess process(Service service) throws IOException {
        return note(service).read();
    }

    private ProcessFile note(Service service) {
        return new ProcessFile(place.folder(service), service.toString());
    }
}
