#!/bin/sh
# Fetches what says which XLIFF and TMX is valid: only those files, of packages of Debian, none of which is installed.
set -eu
into=$(cd "$(dirname "$0")" && pwd)/schemas
if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
	echo "Put xliff-core-2.0.xsd and xml.xsd (OASIS) and tmx14.dtd (LISA) into $into: tests of XLIFF and TMX need them." >&2
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
for package in php-symfony-translation omegat; do
	if ! apt-get download -q "$package" >log 2>&1; then
		[ "$(id -u)" = 0 ] && apt-get update -qq >/dev/null
		apt-get download -q "$package" >log 2>&1 || { cat log >&2; exit 4; }
	fi
	dpkg-deb --extract "$package"_*.deb .
done
mkdir -p "$into"
symfony=usr/share/php/Symfony/Component/Translation/Resources/schemas
sed 's|informativeCopiesOf3rdPartySchemas/w3c/||' "$symfony/xliff-core-2.0.xsd" >"$into/xliff-core-2.0.xsd"
cp "$symfony/xml.xsd" "$into/xml.xsd"
unzip -p usr/share/omegat/OmegaT.jar schemas/tmx14.dtd >"$into/tmx14.dtd"
