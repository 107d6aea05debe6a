#!/bin/bash
# Cluster 003 by hand: a server is drained for maintenance, taken out, and comes back with its weight.
VS=192.168.1.100:80
ipvsadm -A -t $VS -s wrr -p 50
ipvsadm -a -t $VS -r 192.168.1.11 -g -w 1
ipvsadm -a -t $VS -r 192.168.1.12 -g -w 2
ipvsadm -e -t $VS -r 192.168.1.12 -g -w 0
ipvsadm -Ln
ipvsadm -d -t $VS -r 192.168.1.12 && echo "out"
ipvsadm -d -t $VS -r 192.168.1.12 || echo "status $?"
ipvsadm -a -t $VS -r 192.168.1.12 -g -w 2
ipvsadm -Sn
