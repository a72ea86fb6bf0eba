package io.vectron.common.error;

/** Who can do something about an error. */
public enum Blame {
    /** The caller: the same request will fail again. */
    CALLER,
    /** Nobody: the same request may succeed later. */
    RETRY,
    /** We: a defect, or damage that an operator must look at. */
    US
}
