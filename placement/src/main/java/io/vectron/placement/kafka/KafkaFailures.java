package io.vectron.placement.kafka;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicDeletionDisabledException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Tells Kafka's refusals from its bad moments. */
final class KafkaFailures {
    private KafkaFailures() {}

    /**
     * Whether asking again is useless until somebody changes a setting. Missing rights and refused
     * passwords are not among them: they are mended while we wait.
     */
    static boolean permanent(Throwable error) {
        return error instanceof InvalidReplicationFactorException
                || error instanceof InvalidConfigurationException
                || error instanceof InvalidPartitionsException
                || error instanceof InvalidTopicException
                || error instanceof InvalidRequestException
                || error instanceof PolicyViolationException
                || error instanceof RecordTooLargeException
                || error instanceof TopicDeletionDisabledException
                || error instanceof UnsupportedVersionException;
    }

    /** What made a call fail. */
    static Throwable cause(ExecutionException failed) {
        Throwable cause = failed.getCause();
        return cause == null ? failed : cause;
    }

    /** For people. */
    static String reason(Throwable error) {
        return error.getClass().getSimpleName() + ": " + error.getMessage();
    }
}
