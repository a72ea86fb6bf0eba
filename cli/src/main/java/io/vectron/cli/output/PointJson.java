package io.vectron.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.common.record.PayloadJson;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors and payload of a point, in the syntax of records. */
public final class PointJson {
    private PointJson() {}

    /** Writes {@code vector} or {@code vectors}, and {@code payload}, of those that are there. */
    public static void write(Point point, JsonGenerator json) throws IOException {
        if (point.getVectorsCount() == 1 && point.getVectors(0).getName().isEmpty()) {
            json.writeFieldName("vector");
            write(point.getVectors(0), json);
        } else if (point.getVectorsCount() > 0) {
            json.writeObjectFieldStart("vectors");
            for (NamedVector vector : point.getVectorsList()) {
                json.writeFieldName(vector.getName());
                write(vector, json);
            }
            json.writeEndObject();
        }
        if (point.hasPayload()) {
            json.writeFieldName("payload");
            json.writeRawValue(PayloadJson.print(point.getPayload()));
        }
    }

    private static void write(NamedVector vector, JsonGenerator json) throws IOException {
        switch (vector.getVectorCase()) {
            case F32 -> floats(vector.getF32().getValuesList(), json);
            case F16 -> {
                ByteBuffer halves =
                        vector.getF16()
                                .getValues()
                                .asReadOnlyByteBuffer()
                                .order(ByteOrder.LITTLE_ENDIAN);
                json.writeStartArray();
                while (halves.remaining() >= Short.BYTES) {
                    json.writeNumber(Float.float16ToFloat(halves.getShort()));
                }
                json.writeEndArray();
            }
            case I8 -> {
                json.writeStartArray();
                for (byte component : vector.getI8().getValues()) {
                    json.writeNumber((int) component);
                }
                json.writeEndArray();
            }
            case BITS -> {
                json.writeStartArray();
                for (int i = 0; i < vector.getBits().getDimension(); i++) {
                    int bits = vector.getBits().getValues().byteAt(i / 8);
                    json.writeNumber((bits >> (i % 8)) & 1);
                }
                json.writeEndArray();
            }
            case SPARSE -> {
                json.writeStartObject();
                json.writeArrayFieldStart("indices");
                for (int index : vector.getSparse().getIndicesList()) {
                    json.writeNumber(index);
                }
                json.writeEndArray();
                json.writeFieldName("values");
                floats(vector.getSparse().getValuesList(), json);
                json.writeEndObject();
            }
            case MULTI -> {
                int dimension = Math.max(1, vector.getMulti().getDimension());
                java.util.List<Float> values = vector.getMulti().getValuesList();
                json.writeStartArray();
                for (int from = 0; from < values.size(); from += dimension) {
                    floats(values.subList(from, Math.min(values.size(), from + dimension)), json);
                }
                json.writeEndArray();
            }
            case VECTOR_NOT_SET -> json.writeNull();
        }
    }

    private static void floats(Iterable<Float> values, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (float value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }
}
