package io.vectron.ingest.source;

import io.vectron.ingest.feed.ShardFeed;
import io.vectron.proto.log.v1.CollectionFacts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Splits on their way from enumerator to reader; never stored. */
final class ShardSplitSerializer implements SimpleVersionedSerializer<ShardSplit> {
    private static final int VERSION = 2;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(ShardSplit split) throws IOException {
        ShardFeed feed = split.feed();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            byte[] facts = feed.facts().toByteArray();
            out.writeInt(facts.length);
            out.write(facts);
            out.writeUTF(feed.topicId());
            out.writeInt(feed.partition());
            out.writeInt(feed.generation());
            out.writeUTF(feed.group());
            out.writeLong(feed.epoch());
            out.writeLong(split.position());
            out.writeInt(split.leaderEpoch());
        }
        return bytes.toByteArray();
    }

    @Override
    public ShardSplit deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("unknown version of a split: " + version);
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized))) {
            CollectionFacts facts = CollectionFacts.parseFrom(in.readNBytes(in.readInt()));
            ShardFeed feed =
                    new ShardFeed(
                            facts,
                            in.readUTF(),
                            in.readInt(),
                            in.readInt(),
                            in.readUTF(),
                            in.readLong());
            return new ShardSplit(feed, in.readLong(), in.readInt());
        }
    }
}
