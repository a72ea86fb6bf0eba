package io.vectron.standalone.system;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log file that this process would have with {@code VECTRON_LOG_FORMAT=json}, made from the
 * very configuration, beside the one it has.
 */
final class JsonLog implements AutoCloseable {
    private final LoggerContext own = new LoggerContext();
    private final Logger ours;
    private final @Nullable Level levelBefore;
    private final Appender<ILoggingEvent> appender;
    private final Path file;

    JsonLog(Path file) throws Exception {
        this.file = file;
        URL configuration =
                Objects.requireNonNull(JsonLog.class.getResource("/logback.xml"), "logback.xml");
        own.putProperty("VECTRON_LOG_FORMAT", "json");
        own.putProperty("log.file", file.toString());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(own);
        configurator.doConfigure(configuration);
        appender =
                Objects.requireNonNull(
                        own.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("FILE"));
        ours = (Logger) LoggerFactory.getLogger("io.vectron");
        levelBefore = ours.getLevel();
        ours.setLevel(Level.INFO); // tests are quieter by default
        ours.addAppender(appender);
    }

    /**
     * The name that the configuration gives to the process. Events of this JVM carry the name that
     * the tests' own configuration gives it.
     */
    String service() {
        return own.getName();
    }

    /** What {@code grep text file} prints. */
    List<String> grep(String text) throws Exception {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.contains(text)).toList();
        }
    }

    @Override
    public void close() {
        ours.detachAppender(appender);
        ours.setLevel(levelBefore);
        own.stop();
    }
}
