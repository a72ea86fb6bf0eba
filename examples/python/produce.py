"""Writes points with confluent-kafka, which is built on librdkafka.

Each line of the input is an id, a tab, and the point as JSON; without JSON the point is deleted. For
each line it prints the id, a tab, and the write token that Kafka's acknowledgement amounts to.

    python produce.py BOOTSTRAP_SERVERS TOPIC < points.tsv
"""

import io
import sys

from confluent_kafka import Producer

BOOTSTRAP_SERVERS, TOPIC = sys.argv[1:3]

producer = Producer({
    "bootstrap.servers": BOOTSTRAP_SERVERS,
    # The default, consistent_random, puts points where their shard is not: they are refused.
    "partitioner": "murmur2_random",
    # With it come acks=all and retries that neither lose, repeat nor reorder.
    "enable.idempotence": True,
})

written = []


def acknowledged(error, record):
    if error is not None:
        raise SystemExit(f"not written: {error}")
    written.append((record.key().decode(), record.partition(), record.offset()))


for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="\n"):
    point_id, _, json = line.rstrip("\n").partition("\t")
    while True:
        try:
            producer.produce(
                TOPIC,
                key=point_id.encode(),
                value=json.encode() or None,
                headers={"content-type": "application/json"},
                on_delivery=acknowledged,
            )
            break
        except BufferError:
            producer.poll(0.1)  # the producer's queue is full: let it drain
    producer.poll(0)
producer.flush()

out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
for point_id, partition, offset in written:
    print(f"{point_id}\t{TOPIC}/{partition}/{offset}", file=out)
out.flush()
