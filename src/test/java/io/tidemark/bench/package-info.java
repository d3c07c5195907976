/**
 * What is measured and not tested: {@code ./mvnw -Pbench -DskipTests verify}. Prints tables, and
 * fails where what was exported is not what the sandbox holds.
 */
@NullMarked
package io.tidemark.bench;

import org.jspecify.annotations.NullMarked;
