#!/bin/bash
# Cluster 004 by hand, as a service script: start, start again, status, stop.
VIP=192.168.146.100
RS=(192.168.146.131 192.168.146.132)
control() {
    case "$1" in
    start)
        ipvsadm -A -t $VIP:80 -s rr || return 1
        for rs in "${RS[@]}"; do ipvsadm -a -t $VIP:80 -r "$rs":80 -g; done
        ;;
    status)
        if ipvsadm -Ln | grep -q "$VIP:80"; then echo running; else echo stopped; fi
        ;;
    stop)
        ipvsadm -D -t $VIP:80
        ;;
    esac
}
control start
control start || echo "runs already"
control status
ipvsadm -Ln
control stop
control status
control stop || echo "status $?"
