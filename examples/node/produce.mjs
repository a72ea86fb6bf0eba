// Writes points with kafkajs.
//
// Each line of the input is an id, a tab, and the point as JSON; without JSON the point is deleted.
// For each line it prints the id, a tab, and the write token that Kafka's acknowledgement amounts to.
//
//     node produce.mjs BOOTSTRAP_SERVERS TOPIC < points.tsv

import { createInterface } from 'node:readline'
import kafkajs from 'kafkajs'

const [bootstrapServers, topic] = process.argv.slice(2)

const kafka = new kafkajs.Kafka({
  brokers: bootstrapServers.split(','),
  logLevel: kafkajs.logLevel.WARN,
})
const producer = kafka.producer({
  // That of the Java client. LegacyPartitioner puts points where their shard is not.
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  // Retries neither lose, repeat nor reorder; acks are then those of all replicas.
  idempotent: true,
  maxInFlightRequests: 1,
})

await producer.connect()
try {
  // One at a time, to have a token for each. One send() of many messages is faster; Kafka then
  // answers with the first offset of each partition.
  const lines = createInterface({ input: process.stdin.setEncoding('utf8') })
  for await (const line of lines) {
    const tab = line.indexOf('\t')
    const id = tab < 0 ? line : line.slice(0, tab)
    const json = tab < 0 ? '' : line.slice(tab + 1)
    const [written] = await producer.send({
      topic,
      messages: [
        { key: id, value: json || null, headers: { 'content-type': 'application/json' } },
      ],
    })
    console.log(`${id}\t${topic}/${written.partition}/${written.baseOffset}`)
  }
} finally {
  await producer.disconnect()
}
