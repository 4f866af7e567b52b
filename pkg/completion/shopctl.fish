# Copyright (C) ngx_shop_failover_module authors
#
# Completion of shopctl for fish: asks shopctl itself which commands and options
# there are.

function __shopctl_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and echo $words[2]
end

function __shopctl_options
    set -l command (__shopctl_command)
    test -n "$command"; or return
    set -l list help --list $command

    # a program of its own, which has commands as we have
    if test $command = fleet
        set list fleet help --list (commandline -opc)[3]
    end

    shopctl $list 2>/dev/null | while read -l -d \t name value help
        printf '%s\t%s\n' $name "$help"
    end
    printf '%s\t%s\n' --help 'how it is used'
end

function __shopctl_takes_files
    contains -- (__shopctl_command) check preview status report
end

complete -c shopctl -f
complete -c shopctl -n 'test (count (commandline -opc)) -eq 1' \
    -a '(shopctl help --list 2>/dev/null)'
complete -c shopctl -n 'test (count (commandline -opc)) -eq 1' \
    -a help -d 'how a command is used'
complete -c shopctl -n 'test "$(__shopctl_command)" = help' \
    -a '(shopctl help --list 2>/dev/null)'
complete -c shopctl -n 'string match -q -- "-*" (commandline -ct)' \
    -a '(__shopctl_options)'
complete -c shopctl -n __shopctl_takes_files -F
complete -c shopctl -n 'test "$(__shopctl_command)" = fleet;
    and test (count (commandline -opc)) -eq 2' \
    -a '(shopctl fleet help --list 2>/dev/null)'
