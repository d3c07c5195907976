/** What tests of several rooms lean on: real servers and programs of others. */
@NullMarked
package io.tidemark.testing;

import org.jspecify.annotations.NullMarked;
