#!/bin/sh
# Installs the programs that the tests ask, where that is possible without asking: Debian, as root. Elsewhere it names them.
set -eu
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need chromium chromium
need javac default-jdk-headless
need node nodejs
need npm npm
need msgfmt gettext
need mpg123 mpg123
need ffprobe ffmpeg
need unzip unzip
need pandoc pandoc
[ -d /usr/share/fonts/truetype/noto ] || missing="$missing fonts-noto-core"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
	echo "installing:$missing"
	apt-get update -qq >/dev/null
	# shellcheck disable=SC2086  # a list of names
	DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends $missing >/dev/null
else
	echo "The tests need these programs:$missing" >&2
	echo "On Debian: sudo apt-get install$missing" >&2
	exit 4
fi
