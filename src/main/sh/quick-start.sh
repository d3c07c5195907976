# Sourced by tidemark, after find_jdk.
# A cache of loaded classes and of what the JVM has learnt about them makes Tidemark start and work
# faster. It belongs to one build of Java and one of Tidemark: its name says which. Where there is
# none, or it does not fit, everything works without. TIDEMARK_CACHE=off does without.

# quick_start JAR DIRECTORY sets cache_options for java, which is nothing where there is no cache.
quick_start() {
    cache_options=
    [ "${TIDEMARK_CACHE:-}" != off ] || return 0
    # Java refuses a cache whose jar has another time than it had, without a word
    cache_of=$({ cat "$JAVA_HOME/release"; LC_ALL=C ls -lL "$1"; } | cksum | cut -d ' ' -f 1)
    cache=$2/quick-start-$cache_of
    if [ "$jdk_version" -ge 25 ]; then
        cache_use="-XX:AOTCache=$cache -Xlog:aot=off -Xlog:cds=off"
        cache_make=-XX:AOTCacheOutput
    else
        cache_use="-XX:SharedArchiveFile=$cache -Xshare:auto -Xlog:cds=off"
        cache_make=-XX:ArchiveClassesAtExit
    fi
    case $cache in
        *[[:space:]]*) return 0 ;; # these options could not name it
    esac
    if [ -f "$cache" ]; then
        cache_options=$cache_use
    fi
}

# quick_start_later JAR makes the cache once this process has ended, in the background and at low
# priority: from an export of made-up records, in a directory that is deleted afterwards.
quick_start_later() {
    [ "${TIDEMARK_CACHE:-}" != off ] && [ ! -e "$cache" ] && [ -w "$(dirname "$cache")" ] || return 0
    (
        trap '' HUP INT TERM
        while kill -0 $$ 2>/dev/null; do
            sleep 1
        done
        # one at a time; what a process that was killed left behind is taken for one after an hour
        find "$cache.making" -prune -mmin +60 -exec rm -rf {} + || true
        mkdir "$cache.making" 2>/dev/null || exit 0
        cd "$cache.making" || exit 0
        cat >job.yaml <<'JOB'
job: quick-start
source:
  sandbox: { functions: 2, records: 200000, days: 7, seed: 1, until: 2026-11-15T00:00:00Z }
window: { from: 2026-11-08, to: 2026-11-15 }
sinks:
  - csv: { path: out/csv }
  - ndjson: { path: out/ndjson }
  - parquet: { path: out/parquet }
JOB
        nice -n 19 "$JAVA_HOME/bin/java" "$cache_make=$cache.making/cache" --enable-native-access=ALL-UNNAMED \
            -jar "$1" apply job.yaml --state state --auto-approve
        if [ -f cache ]; then
            rm -f "${cache%-*}"-*[0-9] # of other builds
            mv cache "$cache"
        fi
        rm -rf "$cache.making"
    ) </dev/null >/dev/null 2>&1 &
}
