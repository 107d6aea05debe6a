#!/bin/bash
# Cluster 000 by hand: the directors are the real servers, on ports of their own, so by NAT.
VIP=192.168.110.200
ipvsadm -C
ipvsadm -A -t $VIP:80 -s rr
ipvsadm -a -t $VIP:80 -r 192.168.110.203:10080 -m
ipvsadm -a -t $VIP:80 -r 192.168.110.204:10080 -m
ipvsadm -A -t $VIP:443 -s rr
ipvsadm -a -t $VIP:443 -r 192.168.110.203:10443 -m
ipvsadm -a -t $VIP:443 -r 192.168.110.204:10443 -m
ipvsadm -Ln
ipvsadm -Ln --stats
