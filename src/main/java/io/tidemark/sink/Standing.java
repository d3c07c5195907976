package io.tidemark.sink;

import io.tidemark.record.RowReader;
import java.io.IOException;
import java.util.List;

/** What stands where a window is to be published, and would be replaced. */
public interface Standing {

    /** Where it stands, for a person. */
    String place();

    /** Changes whenever what stands there does. */
    String version();

    /**
     * The ways in which its rows may be meant: one, or a second where a setting that decides how
     * rows are written was changed. No row is lost where none is by one of them.
     */
    List<Form> forms();

    /** One way to read it. */
    interface Form {
        /**
         * @throws java.nio.file.FileSystemException it cannot be opened
         * @throws IOException it is damaged, also from the reader; what is damaged may be replaced
         */
        RowReader open() throws IOException;
    }
}
