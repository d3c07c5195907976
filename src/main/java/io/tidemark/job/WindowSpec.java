package io.tidemark.job;

import io.tidemark.window.Every;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The job's range of time and how it is cut.
 *
 * @param from where the range begins
 * @param to where it ends; only whole windows that ended {@code lag} ago are exported
 * @param zone where days begin
 * @param lag how long the source may take to list a record; not negative
 * @param settle how long after its end an open window is read again; empty means never
 */
public record WindowSpec(
        TimeBound from,
        TimeBound to,
        Every every,
        ZoneId zone,
        Duration lag,
        Optional<Every> settle) {}
