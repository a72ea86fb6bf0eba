"""Writes one point as Avro with the serializer of a schema registry: what a topic refuses.

    python avro.py BOOTSTRAP_SERVERS TOPIC REGISTRY_URL ID
"""

import sys

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

BOOTSTRAP_SERVERS, TOPIC, REGISTRY_URL, ID = sys.argv[1:5]

SCHEMA = """{
  "type": "record",
  "name": "Point",
  "fields": [{"name": "vector", "type": {"type": "array", "items": "float"}}]
}"""

serialize = AvroSerializer(SchemaRegistryClient({"url": REGISTRY_URL}), SCHEMA)
value = serialize({"vector": [1, 2, 3]}, SerializationContext(TOPIC, MessageField.VALUE))
producer = Producer({"bootstrap.servers": BOOTSTRAP_SERVERS, "partitioner": "murmur2_random"})
producer.produce(TOPIC, key=ID.encode(), value=value)
if producer.flush(60) > 0:
    raise SystemExit("not written")
