package io.vectron.cli.command;

import io.grpc.StatusRuntimeException;
import io.vectron.cli.client.CommandException;
import io.vectron.cli.client.Connection;
import io.vectron.cli.client.Failure;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Output.BrokenPipeException;
import io.vectron.cli.terminal.Screen;
import io.vectron.common.error.VectronException;
import java.io.IOException;

/** What every command does around its own work. */
final class Client {
    /** All went well. */
    static final int OK = 0;

    /** It did not. */
    static final int FAILED = 1;

    /** What shells report of a program that wrote to a pipe which nobody reads: 128 and SIGPIPE. */
    static final int BROKEN_PIPE = 141;

    private Client() {}

    /** The work of a command. */
    interface Work {
        /** Does it; returns the exit code. */
        int run(Connection connection, Output output) throws IOException, InterruptedException;
    }

    /** Does the work, and tells the person what went wrong. Returns the exit code. */
    static int run(ClientOptions options, Work work) throws InterruptedException {
        Output output = options.output();
        try (Connection connection = options.connect()) {
            int code = work.run(connection, output);
            output.flush();
            return code;
        } catch (BrokenPipeException e) {
            return BROKEN_PIPE;
        } catch (StatusRuntimeException e) {
            return fail(output, Failure.of(e, options.address()));
        } catch (CommandException | VectronException | IOException e) {
            return fail(output, Failure.of(e));
        }
    }

    /** Tells of the failure after what was printed before it. */
    static int fail(Output output, Failure failure) {
        Screen screen = Screen.err();
        screen.clearStatus();
        try {
            output.flush();
        } catch (BrokenPipeException e) {
            return BROKEN_PIPE;
        }
        screen.line(output.json() ? failure.json() : failure.text());
        return FAILED;
    }
}
