package io.vectron.cli;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.vectron.proto.v1.ClusterServiceGrpc;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.DeadLetterServiceGrpc;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.TraceServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Runs commands against a gateway of its own that answers every call with nothing, so that the JVM
 * learns what a start of the command line needs. Only the launcher runs it, to make its cache.
 */
final class Rehearsal {
    private static final List<ServiceDescriptor> SERVICES =
            List.of(
                    CollectionServiceGrpc.getServiceDescriptor(),
                    PointServiceGrpc.getServiceDescriptor(),
                    DeadLetterServiceGrpc.getServiceDescriptor(),
                    TraceServiceGrpc.getServiceDescriptor(),
                    ClusterServiceGrpc.getServiceDescriptor(),
                    HealthGrpc.getServiceDescriptor());

    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("collection", "list"),
                    List.of("collection", "list", "--json"),
                    List.of("collection", "describe", "films"),
                    List.of("point", "get", "-c", "films", "a"),
                    List.of("point", "delete", "-c", "films", "a"),
                    List.of("search", "-c", "films", "--vector", "0.1,0.2", "--payload"),
                    List.of("search", "-c", "films", "--vector", "0.1,0.2", "--json"),
                    List.of("dlq", "list", "-c", "films"),
                    List.of("dlq", "retry", "-c", "films", "--rule", "vector_zero"),
                    List.of("trace", "vectron.films.00000000.1/0/1"),
                    List.of("trace", "-c", "films", "--id", "a"),
                    List.of("status"));

    private Rehearsal() {}

    /** Runs them all. */
    public static void main(String[] arguments) throws IOException {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(loopback);
        SERVICES.forEach(service -> builder.addService(answering(service)));
        Server server = builder.build().start();
        String address = "127.0.0.1:" + server.getPort();
        for (List<String> command : COMMANDS) {
            String[] line = new String[command.size() + 2];
            command.toArray(line);
            line[command.size()] = "--address";
            line[command.size() + 1] = address;
            Main.run(line);
        }
        Main.run("import", "--help");
        server.shutdownNow();
        Main.run("status", "--address", address);
        System.exit(0);
    }

    private static BindableService answering(ServiceDescriptor service) {
        return () -> {
            ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
            service.getMethods().forEach(method -> add(method, definition));
            return definition.build();
        };
    }

    private static <Q, A> void add(
            MethodDescriptor<Q, A> method, ServerServiceDefinition.Builder definition) {
        definition.addMethod(
                method,
                ServerCalls.asyncUnaryCall((question, answer) -> {
                    // No bytes are a message whose fields are all unset.
                    answer.onNext(method.parseResponse(InputStream.nullInputStream()));
                    answer.onCompleted();
                }));
    }
}
