package io.tidemark;

public final class Tidemark {
    private Tidemark() {}

    public static void main(String[] args) {}
}
