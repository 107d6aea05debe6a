#!/bin/bash
# Cluster 001 by hand: direct routing with persistence, and what its author must take away to see round robin.
ipvsadm --clear
ipvsadm --add-service --tcp-service 192.168.56.200:80 --scheduler rr --persistent 50
for host in 103 104; do
    ipvsadm --add-server --tcp-service 192.168.56.200:80 --real-server 192.168.56.$host:80 --gatewaying --weight 1
done
ipvsadm --list --numeric
ipvsadm -E -t 192.168.56.200:80 -s rr
ipvsadm -l -n | grep -q persistent || echo "no persistence any more"
ipvsadm -S -n
