# Sourced by mvnw and tidemark.
# find_jdk sets JAVA_HOME to a JDK of version 21 or newer and jdk_version to its version. It takes
# the first one of: JAVA_HOME, PATH, /usr/lib/jvm, SDKMAN, macOS. Where there is none it says so.

# The version of the JDK at $1, as a whole number; nothing where there is none.
version_of_jdk() {
    [ -x "$1/bin/javac" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true
}

# The home of the JDK that is the first in PATH; nothing where there is none.
jdk_of_path() {
    link=$(command -v javac) || return 0
    while [ -L "$link" ]; do
        target=$(readlink "$link")
        case $target in
            /*) link=$target ;;
            *) link=$(dirname "$link")/$target ;;
        esac
    done
    path_home=$(cd "$(dirname "$link")/.." && pwd -P)
    if [ ! -e "$path_home/release" ]; then
        # a launcher of macOS or of a version manager, which knows the JDK behind it
        path_home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
    fi
    echo "$path_home"
}

find_jdk() {
    seen=
    for home in "${JAVA_HOME:-}" "$(jdk_of_path)" /usr/lib/jvm/* \
        "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
        jdk_version=$(version_of_jdk "$home")
        if [ "${jdk_version:-0}" -ge 21 ]; then
            JAVA_HOME=$home
            export JAVA_HOME
            return 0
        fi
        if [ -n "$jdk_version" ]; then
            seen="$seen
  $jdk_version in $home"
        fi
    done
    {
        echo "Tidemark needs a JDK of version 21 or newer, and found none. Install one, or set JAVA_HOME to where it is."
        if [ -n "$seen" ]; then
            echo "Too old:$seen"
        else
            echo "Looked at JAVA_HOME, PATH, /usr/lib/jvm, SDKMAN's candidates and macOS's JavaVirtualMachines."
        fi
    } >&2
    return 1
}
