package io.vectron.cli.command;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vectron.cli.client.Connection;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import io.vectron.common.json.MessageJson;
import io.vectron.proto.v1.GetClusterStatusRequest;
import io.vectron.proto.v1.GetClusterStatusResponse;
import io.vectron.proto.v1.WorkerStatus;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code vectron status}. */
@Command(
        name = "status",
        sortOptions = false,
        description = {
            "Tells how a running Vectron stands: the gateway, and the workers, asked for now.",
            "The exit code is 1 if the gateway does not serve, a worker does not answer, or a"
                    + " replica has a problem."
        })
public final class StatusCommand implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();

    StatusCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        return Client.run(options, this::status);
    }

    private int status(Connection connection, Output output) {
        ServingStatus health =
                connection.health().check(HealthCheckRequest.getDefaultInstance()).getStatus();
        GetClusterStatusResponse cluster =
                connection.cluster().getClusterStatus(GetClusterStatusRequest.getDefaultInstance());
        if (output.json()) {
            output.object(json -> {
                json.writeStringField("gateway", connection.address().toString());
                json.writeStringField("health", Names.of(health, ""));
                MessageJson.writeFields(cluster, json);
            });
        } else {
            print(connection, health, cluster, output);
        }
        boolean well =
                health == ServingStatus.SERVING
                        && cluster.getWorkersList().stream().allMatch(StatusCommand::well);
        return well ? Client.OK : Client.FAILED;
    }

    private static boolean well(WorkerStatus worker) {
        return worker.getAnswered() && worker.getTroubled() == 0;
    }

    private static void print(
            Connection connection,
            ServingStatus health,
            GetClusterStatusResponse cluster,
            Output output) {
        String serving = Names.of(health, "").replace('_', ' ');
        output.line(
                "gateway "
                        + connection.address()
                        + ": "
                        + (health == ServingStatus.SERVING ? Style.GREEN.of(serving) : serving)
                        + ", version "
                        + Printable.of(cluster.getVersion())
                        + ", since "
                        + Names.time(cluster.getStartedAt()));
        output.line(cluster.getCollections() + " collections, " + cluster.getShards() + " shards");
        if (cluster.getWorkersCount() == 0) {
            output.line("no workers");
            return;
        }
        Table table = new Table("worker", "address", "state", "replicas", "points", "troubled");
        for (WorkerStatus worker : cluster.getWorkersList()) {
            boolean answered = worker.getAnswered();
            table.row(
                    Printable.of(worker.getId()),
                    Printable.of(worker.getAddress()),
                    answered ? "answers" : Printable.of("silent: " + worker.getProblem()),
                    answered ? Integer.toString(worker.getReplicas()) : "?",
                    answered ? String.format(Locale.ROOT, "%,d", worker.getPoints()) : "?",
                    answered ? Integer.toString(worker.getTroubled()) : "?");
        }
        output.table(table);
    }
}
