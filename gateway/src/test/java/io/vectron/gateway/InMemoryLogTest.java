package io.vectron.gateway;

import io.vectron.gateway.fake.InMemoryLog;
import io.vectron.gateway.fresh.LogEnds;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogReader;
import io.vectron.gateway.write.LogAppend;
import io.vectron.gateway.write.LogWriter;
import java.util.ArrayList;
import java.util.List;

class InMemoryLogTest extends LogPortsContract {

    @Override
    protected Ports open() {
        InMemoryLog log = new InMemoryLog();
        return new Ports() {
            private int topics;

            @Override
            public LogWriter writer() {
                return log;
            }

            @Override
            public LogEnds ends() {
                return log;
            }

            @Override
            public LogReader reader() {
                return log;
            }

            @Override
            public String createTopic(int partitions) {
                String topic = "vectron.test.0." + ++topics;
                log.createTopic(topic, partitions);
                return topic;
            }

            @Override
            public List<Stored> read(LogPartition partition) {
                List<Stored> stored = new ArrayList<>();
                for (LogAppend record : log.read(partition)) {
                    if (record != null) {
                        stored.add(
                                new Stored(
                                        stored.size(),
                                        record.id(),
                                        record.point(),
                                        record.point() == null ? null : "application/x-protobuf"));
                    }
                }
                return stored;
            }

            @Override
            public void close() {
                log.close();
            }
        };
    }
}
