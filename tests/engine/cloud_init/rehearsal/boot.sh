#!/bin/sh
# One boot: the four stages that cloud-init's units start, in their order, then its own verdict.
for stage in "init --local" "init" "modules --mode=config" "modules --mode=final"; do
    # shellcheck disable=SC2086
    cloud-init $stage
done >>/rehearsal/console 2>&1
cloud-init status --wait --long
