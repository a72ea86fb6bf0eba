package io.vectron.common.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says how a value is written as one setting. The type has a {@code public static T parse(String)},
 * which throws IllegalArgumentException, and a {@code toString} that {@code parse} takes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Written {
    /** In the place of a value, such as {@code HOST:PORT}. */
    String label();

    /** For people, such as "an address such as 127.0.0.1:7000". */
    String as();
}
