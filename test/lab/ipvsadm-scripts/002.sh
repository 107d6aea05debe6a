#!/bin/bash
# Cluster 002 by hand: saved, cleared, restored.
file=$(mktemp)
ipvsadm -A -t 172.16.1.100:80 -s wlc
ipvsadm -a -t 172.16.1.100:80 -r 172.16.1.5:80 -g -w 1
ipvsadm -a -t 172.16.1.100:80 -r 172.16.1.6:80 -g -w 1
ipvsadm-save -n >"$file"
ipvsadm -C
ipvsadm -Ln | wc -l
ipvsadm-restore <"$file"
ipvsadm -Sn | diff "$file" - && echo restored
ipvsadm -Ln
rm "$file"
