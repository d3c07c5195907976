package io.tidemark.stage;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;

/** The records of one function. What most of them share takes no bytes. */
record InvocationCodec(FunctionUrn function) implements Codec<Invocation> {
    // the first byte of a record: the status in three bits, and which fields follow
    private static final int STATUS = 0b0000_0111;
    private static final int RAW_STATUS = 1 << 3;
    private static final int ERROR_CODE = 1 << 4;
    private static final int ERROR_MESSAGE = 1 << 5;
    private static final int START_TIME = 1 << 6;
    private static final int END_TIME = 1 << 7;
    private static final InvocationStatus[] STATUSES = InvocationStatus.values();

    @Override
    public FrameKind kind() {
        return FrameKind.RECORDS;
    }

    @Override
    public void write(Invocation record, FrameBuffer to) {
        boolean ownWord = !record.rawStatus().equals(record.status().sourceWord());
        to.putByte(
                record.status().ordinal()
                        | (ownWord ? RAW_STATUS : 0)
                        | (record.errorCode() != null ? ERROR_CODE : 0)
                        | (record.errorMessage() != null ? ERROR_MESSAGE : 0)
                        | (record.startTime() != null ? START_TIME : 0)
                        | (record.endTime() != null ? END_TIME : 0));
        to.putText(record.requestId());
        if (ownWord) {
            to.putText(record.rawStatus());
        }
        if (record.errorCode() != null) {
            to.putNumber(record.errorCode());
        }
        if (record.errorMessage() != null) {
            to.putText(record.errorMessage());
        }
        if (record.startTime() != null) {
            to.putInstant(record.startTime());
        }
        if (record.endTime() != null) {
            to.putInstant(record.endTime());
        }
    }

    @Override
    public Invocation read(FrameBuffer from) {
        int fields = from.getByte();
        InvocationStatus status = STATUSES[fields & STATUS];
        return new Invocation(
                function,
                from.getText(),
                status,
                (fields & RAW_STATUS) != 0 ? from.getText() : status.sourceWord(),
                (fields & ERROR_CODE) != 0 ? from.getNumber() : null,
                (fields & ERROR_MESSAGE) != 0 ? from.getText() : null,
                (fields & START_TIME) != 0 ? from.getInstant() : null,
                (fields & END_TIME) != 0 ? from.getInstant() : null);
    }

    @Override
    public long weight(Invocation record) {
        return 184
                + Codec.weight(record.requestId())
                + Codec.weight(record.rawStatus())
                + (record.errorMessage() == null ? 0 : Codec.weight(record.errorMessage()));
    }
}
