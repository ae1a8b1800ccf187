#!/bin/sh
# Makes the checkout importable as ansible_collections.winlegacy.servicing: a symlink tree under build/collections.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build/collections/ansible_collections/winlegacy
ln -sfn ../../../.. build/collections/ansible_collections/winlegacy/servicing
