package io.vectron.common.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a component of a record a setting, or, if the component is a record itself, a group of
 * settings. {@link ServiceSettings} refuses records with a component that has none.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** What it means, for those who run the service; with units and what may be chosen. */
    String value();

    /**
     * Name in camel case that the key is made from, if the component's own does not suit. A group
     * with the name {@code "-"} adds nothing to the keys of its settings.
     */
    String name() default "";

    /** What a number counts. */
    Unit unit() default Unit.NONE;

    /** There is no sensible default: the record's default is an example only. */
    boolean required() default false;

    /** Never shown. Of properties, {@link Secrets} knows those that are. */
    boolean secret() default false;

    /** Says what the default is, where it differs from machine to machine. */
    String byDefault() default "";
}
