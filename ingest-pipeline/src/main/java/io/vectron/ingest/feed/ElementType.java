package io.vectron.ingest.feed;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Flink's type of {@link Element}: handed over by reference, refuses to be serialised, so that a
 * graph whose parts are not chained fails at its first element (see {@link FeedControl}).
 */
public final class ElementType extends TypeInformation<Element> {
    public static final ElementType INSTANCE = new ElementType();

    private ElementType() {}

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<Element> getTypeClass() {
        return Element.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public Serializer createSerializer(SerializerConfig config) {
        return new Serializer();
    }

    @Override
    public String toString() {
        return "Element";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ElementType;
    }

    @Override
    public int hashCode() {
        return ElementType.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof ElementType;
    }

    /** Copies by reference, since elements are immutable. */
    public static final class Serializer extends TypeSerializerSingleton<Element> {
        private static final String REFUSAL =
                "elements never leave their task: source, validation and sink must be chained";

        @Override
        public boolean isImmutableType() {
            return true;
        }

        @Override
        public Element createInstance() {
            throw new UnsupportedOperationException(REFUSAL);
        }

        @Override
        public Element copy(Element from) {
            return from;
        }

        @Override
        public Element copy(Element from, Element reuse) {
            return from;
        }

        @Override
        public int getLength() {
            return -1;
        }

        @Override
        public void serialize(Element element, DataOutputView target) {
            throw new UnsupportedOperationException(REFUSAL);
        }

        @Override
        public Element deserialize(DataInputView source) {
            throw new UnsupportedOperationException(REFUSAL);
        }

        @Override
        public Element deserialize(Element reuse, DataInputView source) {
            throw new UnsupportedOperationException(REFUSAL);
        }

        @Override
        public void copy(DataInputView source, DataOutputView target) {
            throw new UnsupportedOperationException(REFUSAL);
        }

        @Override
        public TypeSerializerSnapshot<Element> snapshotConfiguration() {
            return new Snapshot();
        }
    }

    /** Required by Flink; never written, for the job keeps no state. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Element> {
        public Snapshot() {
            super(Serializer::new);
        }
    }
}
