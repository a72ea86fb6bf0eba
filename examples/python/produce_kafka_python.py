"""Writes points with kafka-python, which needs no native library.

Each line of the input is an id, a tab, and the point as JSON; without JSON the point is deleted. For
each line it prints the id, a tab, and the write token that Kafka's acknowledgement amounts to.

    python produce_kafka_python.py BOOTSTRAP_SERVERS TOPIC < points.tsv
"""

import io
import sys

from kafka import KafkaProducer

BOOTSTRAP_SERVERS, TOPIC = sys.argv[1:3]

# Its default partitioner is that of the Java client.
producer = KafkaProducer(
    bootstrap_servers=BOOTSTRAP_SERVERS,
    acks="all",
    enable_idempotence=True,
)

sent = []
for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="\n"):
    point_id, _, json = line.rstrip("\n").partition("\t")
    record = producer.send(
        TOPIC,
        key=point_id.encode(),
        value=json.encode() or None,
        headers=[("content-type", b"application/json")],
    )
    sent.append((point_id, record))
producer.flush()

out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
for point_id, record in sent:
    written = record.get()
    print(f"{point_id}\t{TOPIC}/{written.partition}/{written.offset}", file=out)
out.flush()
producer.close()
