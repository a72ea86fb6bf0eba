package io.vectron.gateway.metric;

import io.grpc.Deadline;
import io.vectron.gateway.metric.GatewayMetrics.Written;
import io.vectron.gateway.write.AppendOutcome;
import io.vectron.gateway.write.LogAppend;
import io.vectron.gateway.write.LogWriter;
import java.util.List;

/** A log whose appends are counted. */
public final class CountedLog implements LogWriter {
    private final LogWriter log;
    private final GatewayMetrics metrics;

    /** Counts what is appended to this log; closed with it. */
    public CountedLog(LogWriter log, GatewayMetrics metrics) {
        this.log = log;
        this.metrics = metrics;
    }

    @Override
    public List<AppendOutcome> append(List<LogAppend> records, Deadline deadline)
            throws InterruptedException {
        List<AppendOutcome> outcomes = log.append(records, deadline);
        int acknowledged = 0;
        for (AppendOutcome outcome : outcomes) {
            acknowledged += outcome instanceof AppendOutcome.Appended ? 1 : 0;
        }
        metrics.written(Written.ACKNOWLEDGED, acknowledged);
        metrics.written(Written.FAILED, outcomes.size() - acknowledged);
        return outcomes;
    }

    @Override
    public void close() {
        log.close();
    }
}
