package io.vectron.cli.command;

import io.vectron.common.log.WriteToken;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.ReadMode;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How fresh an answer must be. Filled by picocli. */
final class FreshnessOption {
    @Option(
            names = "--at-least",
            paramLabel = "TOKEN",
            converter = TokenConverter.class,
            description =
                    "Wait until the answer includes this write, within --timeout; repeatable.")
    private List<WriteToken> tokens = List.of();

    ReadMode mode() {
        ReadMode.Builder mode = ReadMode.newBuilder();
        if (!tokens.isEmpty()) {
            AtLeast.Builder atLeast = AtLeast.newBuilder();
            tokens.forEach(token -> atLeast.addTokens(token.toProto()));
            mode.setAtLeast(atLeast);
        }
        return mode.build();
    }

    /** Reads the text form of a token. */
    static final class TokenConverter implements ITypeConverter<WriteToken> {
        @Override
        public WriteToken convert(String text) {
            try {
                return WriteToken.parse(text);
            } catch (io.vectron.common.error.VectronException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
