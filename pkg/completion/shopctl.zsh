#compdef shopctl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Completion of shopctl for zsh: asks shopctl itself which commands and options
# there are.

_shopctl() {
    local -a commands options
    local name value help

    if (( CURRENT == 2 )) || [[ $words[2] == help ]]; then
        commands=(${(f)"$($words[1] help --list 2>/dev/null | tr '\t' ':')"})
        commands+=('help:how a command is used')
        _describe -t commands 'command' commands
        return
    fi

    # a program of its own, which has commands as we have
    local -a list=(help --list $words[2])

    if [[ $words[2] == fleet ]]; then
        if (( CURRENT == 3 )); then
            commands=(${(f)"$($words[1] fleet help --list 2>/dev/null |
                tr '\t' ':')"})
            _describe -t commands 'command' commands
            return
        fi

        list=(fleet help --list $words[3])
    fi

    while IFS=$'\t' read -r name value help; do
        help=${help//[\[\]:]/ }

        case $name:$value in
        --flag:* | --key:* | --nginx:* | --conf:* | --module:*)
                            options+=("$name=[$help]:$value:_files") ;;
        --page-dir:* | --prefix:* | --root:*)
                            options+=("$name=[$help]:$value:_files -/") ;;
        *:)                 options+=("$name[$help]") ;;
        *:TIME)             options+=("$name=[$help]:$value:(+15m +30m +45m +1h +2h)") ;;
        *:*\|*)             options+=("$name=[$help]:$value:(${value//|/ })") ;;
        *)                  options+=("$name=[$help]:$value: ") ;;
        esac
    done < <($words[1] $list 2>/dev/null)

    options+=('--help[how it is used]')

    case $words[2] in
    check | preview | status | report) options+=('*:file:_files') ;;
    esac

    shift words
    (( CURRENT-- ))
    _arguments -s $options
}

_shopctl "$@"
