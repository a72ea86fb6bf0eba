/** What services count; the home of Micrometer, with the packages of the same name in services. */
@NullMarked
package io.vectron.common.metric;

import org.jspecify.annotations.NullMarked;
