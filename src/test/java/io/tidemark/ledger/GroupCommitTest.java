package io.tidemark.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.AbstractDataSource;

@Timeout(30)
class GroupCommitTest {
    private static final DataSource NO_MEMORY =
            new AbstractDataSource() {
                @Override
                public java.sql.Connection getConnection() {
                    throw new OutOfMemoryError("no more");
                }

                @Override
                public java.sql.Connection getConnection(String user, String password) {
                    return getConnection();
                }
            };

    @Test
    void whatTheWriterDiesOfReachesAllWhoWait() {
        List<Optional<RuntimeException>> told = new ArrayList<>();
        try (GroupCommit group = new GroupCommit(NO_MEMORY, "job", 1)) {
            group.afterwards(told::add);
            group.advance();

            assertThatThrownBy(group::flush).hasStackTraceContaining("no more");
            assertThatThrownBy(() -> group.change("a", 0, "update x set y = 1"))
                    .hasStackTraceContaining("no more");
        }
        assertThat(told).singleElement().matches(Optional::isPresent);
    }

    @Test
    void aListenerThatThrowsLeavesNobodyWaiting() {
        List<Optional<RuntimeException>> told = new ArrayList<>();
        try (GroupCommit group = new GroupCommit(NO_MEMORY, "job", 1)) {
            group.together(() -> {
                group.afterwards(failed -> {
                    throw new StackOverflowError("too deep");
                });
                group.afterwards(told::add);
            });

            assertThatThrownBy(group::flush).hasStackTraceContaining("too deep");
            group.afterwards(told::add);
        }
        assertThat(told).extracting(Optional::isPresent).containsExactly(false, true);
    }
}
