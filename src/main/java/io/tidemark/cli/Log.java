package io.tidemark.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.FilterReply;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Where the log goes: a file that keeps itself short, never the screen. It is that of the thread
 * which opened it and of all that this thread starts, so that two commands in one process have logs
 * of their own.
 */
final class Log implements AutoCloseable {
    private static final InheritableThreadLocal<@Nullable Log> OF_THREAD =
            new InheritableThreadLocal<>();

    private static final FileSize LARGEST = FileSize.valueOf("10MB");

    // records, names and answers end up in messages: none of them may begin a line of its own or
    // colour the terminal that shows the log
    private static final String INVISIBLE = "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]";
    private static final String INVISIBLE_BUT_LAYOUT =
            "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}&&[^\\n\\t]]";

    private final Logger root;
    private final RollingFileAppender<ILoggingEvent> appender;

    private Log(Logger root, RollingFileAppender<ILoggingEvent> appender) {
        this.root = root;
        this.appender = appender;
        // events come to appenders in the thread that logs
        appender.addFilter(
                new Filter<>() {
                    @Override
                    public FilterReply decide(ILoggingEvent event) {
                        return OF_THREAD.get() == Log.this ? FilterReply.NEUTRAL : FilterReply.DENY;
                    }
                });
    }

    /** Logs to this file until it is closed, and to one older one, {@code FILE.1}. */
    static Log to(Path file) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %thread %logger{0}: %replace(%msg){'"
                        + INVISIBLE
                        + "', '?'}%n%replace(%replace(%ex){'"
                        + INVISIBLE_BUT_LAYOUT
                        + "', '?'}){'(?m)^(?=.)', '    '}");
        encoder.start();
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setFileNamePattern(file + ".%i");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(1);
        rolling.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
        trigger.setContext(context);
        trigger.setMaxFileSize(LARGEST);
        trigger.start();
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(trigger);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        Log log = new Log(root, appender);
        OF_THREAD.set(log);
        root.addAppender(appender);
        context.getLogger("io.tidemark").setLevel(Level.INFO);
        // a failed window is logged once, by us, with its name
        context.getLogger("org.springframework.batch").setLevel(Level.OFF);
        return log;
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        appender.stop();
        if (OF_THREAD.get() == this) {
            OF_THREAD.remove();
        }
    }
}
