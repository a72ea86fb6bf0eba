package io.vectron.common.record;

/** A value breaks a rule; {@link RecordValidator} turns it into a result. */
public final class RuleException extends RuntimeException {
    private final Rule rule;
    private final String reason;

    /** No trace: a producer decides how often it is thrown. */
    public RuleException(Rule rule, String reason) {
        super(reason, null, false, false);
        this.rule = rule;
        this.reason = reason;
    }

    /** The rule. */
    public Rule rule() {
        return rule;
    }

    /** Why, for people. */
    public String reason() {
        return reason;
    }
}
