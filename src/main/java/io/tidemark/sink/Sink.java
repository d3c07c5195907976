package io.tidemark.sink;

import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.window.Feed;
import io.tidemark.window.Window;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A place where windows land. Several windows may be published at once from different threads.
 *
 * <p>A window appears at once or not at all, and publishing it again replaces it, so that whoever
 * publishes can simply repeat after a crash.
 */
public interface Sink extends AutoCloseable {

    /** {@link io.tidemark.job.SinkSpec#id()} of what it was opened from. */
    String id();

    /**
     * Finds out whether windows could be published here, and leaves everything as it was: nothing
     * is created, nothing is altered.
     *
     * @param feeds whose windows
     * @throws SinkException what stands in the way and what to do
     */
    void check(Collection<Feed> feeds) throws SinkException;

    /**
     * What publishing the window would replace, so that whoever publishes makes sure beforehand
     * that no record is lost. Empty where nothing stands there, where it is no file that holds
     * records, and always for a table, which never drops rows.
     *
     * @throws SinkException it cannot be looked at, or holds another feed's records
     */
    Optional<Standing> standing(Window window) throws SinkException;

    /**
     * Makes the window stand here, durably, with exactly these records, in this order. In a table,
     * where windows have no borders, that means: none of them is missing or older than what is
     * given; rows are never deleted.
     *
     * <p>What stands there already with exactly these bytes is left alone.
     *
     * @param attempt which attempt at the window this is; 1 for the first
     * @param rows in the order of {@link io.tidemark.record.Row#compareOrder}, each id once, all of
     *     the window's feed; may be opened more than once, one after the other. What it throws
     *     comes out as it is, and the window is as it was before. None: the window stands here as a
     *     receipt with no rows, and files have none
     * @param replaces {@link Standing#version()} of what may be replaced; empty for nothing
     * @throws StandingChanged where something else stands there by now; it stays
     * @throws SinkException what went wrong and what to do; the window is as it was before
     * @throws IOException the rows cannot be read
     */
    Receipt publish(Window window, int attempt, RowSource rows, Optional<String> replaces)
            throws SinkException, IOException;

    /**
     * Which windows no longer stand here as their receipts say. Changes nothing.
     *
     * <p>In a table, windows have no borders. There, a window's rows are those that start within
     * it; more of them than were published are no difference, for other windows may own some. Rows
     * without a start time cannot be told from those of other windows, and are not looked at.
     *
     * @param receipts what {@link #publish} returned, of windows of one feed; a receipt without a
     *     place means that nothing stands here
     * @return only windows that differ, sorted, each with half a sentence for a person, such as
     *     {@code the file is missing}
     * @throws SinkException this sink could not be asked; nothing is known of any window
     */
    SortedMap<Window, String> differences(Map<Window, Receipt> receipts, Thoroughness thoroughness)
            throws SinkException;

    /**
     * The window's records as they stand here, if they can be told, to heal another sink from.
     *
     * @return to be closed; empty where not exactly those bytes stand here that the receipt says,
     *     and always for a table, whose rows do not carry their window. Of a receipt without a
     *     place: no records
     * @throws SinkException what stands here cannot be read
     */
    Optional<RowReader> read(Window window, Receipt receipt) throws SinkException;

    /**
     * This place as the ledger knows it from before a setting that decides bytes was changed; only
     * to read from, while the receipts there still hold.
     */
    default Optional<Sink> former() {
        return Optional.empty();
    }

    @Override
    void close();
}
