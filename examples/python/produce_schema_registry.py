"""Writes points with the serializers of a schema registry.

Each line of the input is an id, a tab, and the point as JSON; without JSON the point is deleted. For
each line it prints the id, a tab, and the write token that Kafka's acknowledgement amounts to.

    python produce_schema_registry.py BOOTSTRAP_SERVERS TOPIC REGISTRY_URL json < points.tsv
    python produce_schema_registry.py BOOTSTRAP_SERVERS TOPIC REGISTRY_URL protobuf point.desc < …

point.desc describes the protobuf message; this makes it:

    protoc -I proto/src/main/proto --include_imports --descriptor_set_out=point.desc \
        vectron/log/v1/point.proto
"""

import io
import json
import sys

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

BOOTSTRAP_SERVERS, TOPIC, REGISTRY_URL, FORMAT = sys.argv[1:5]

SCHEMA = """{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Point",
  "type": "object",
  "required": ["vector"],
  "additionalProperties": false,
  "properties": {
    "vector": {"type": "array", "items": {"type": "number"}},
    "payload": {"type": "object"}
  }
}"""


def message_class(file):
    """The class of vectron.log.v1.Point."""
    with open(file, "rb") as described:
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(described.read())
    pool = descriptor_pool.DescriptorPool()
    for descriptor in descriptors.file:
        pool.Add(descriptor)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("vectron.log.v1.Point"))


def message(point_class, point):
    """A point with one vector and a payload of texts, whole numbers and decimals."""
    made = point_class()
    made.vectors.add().f32.values.extend(point["vector"])
    for key, value in point.get("payload", {}).items():
        field = made.payload.fields.add(key=key)
        if isinstance(value, str):
            field.value.string_value = value
        elif isinstance(value, int):
            field.value.int64_value = value
        else:
            field.value.double_value = value
    return made


registry = SchemaRegistryClient({"url": REGISTRY_URL})
context = SerializationContext(TOPIC, MessageField.VALUE)
if FORMAT == "json":
    serialize = JSONSerializer(SCHEMA, registry)
    content_type = "application/json"
else:
    point_class = message_class(sys.argv[5])
    to_bytes = ProtobufSerializer(point_class, registry, {"use.deprecated.format": False})
    content_type = "application/x-protobuf"

    def serialize(point, context):
        return to_bytes(message(point_class, point), context)


producer = Producer({
    "bootstrap.servers": BOOTSTRAP_SERVERS,
    "partitioner": "murmur2_random",
    "enable.idempotence": True,
})

written = []


def acknowledged(error, record):
    if error is not None:
        raise SystemExit(f"not written: {error}")
    written.append((record.key().decode(), record.partition(), record.offset()))


for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="\n"):
    point_id, _, text = line.rstrip("\n").partition("\t")
    producer.produce(
        TOPIC,
        key=point_id.encode(),
        value=serialize(json.loads(text), context) if text else None,
        headers={"content-type": content_type},
        on_delivery=acknowledged,
    )
    producer.poll(0)
producer.flush()

out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
for point_id, partition, offset in written:
    print(f"{point_id}\t{TOPIC}/{partition}/{offset}", file=out)
out.flush()
