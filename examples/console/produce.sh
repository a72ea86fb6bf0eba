#!/usr/bin/env bash
# Writes points with Kafka's own console producer. Each line of the input is an id, a tab, and the
# point as JSON; "null" in place of the JSON deletes the point.
#
#     KAFKA_HOME=/opt/kafka produce.sh BOOTSTRAP_SERVERS TOPIC < points.tsv
#
# It prints no offsets. Kafka's kafka-get-offsets.sh tells the end of each partition; a read of at
# least the offsets before those ends includes all that was written.
set -euo pipefail
bootstrap_servers=$1
topic=$2

# Its partitioner is the Java client's default, and acks=all is its default, too.
exec "${KAFKA_HOME:?where Kafka is unpacked}/bin/kafka-console-producer.sh" \
  --bootstrap-server "$bootstrap_servers" --topic "$topic" \
  --reader-property parse.key=true \
  --reader-property key.separator=$'\t' \
  --reader-property null.marker=null
