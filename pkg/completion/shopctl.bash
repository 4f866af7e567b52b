# Copyright (C) ngx_shop_failover_module authors
#
# Completion of shopctl for bash: asks shopctl itself which commands and options
# there are.

_shopctl_values() {
    local option=$1 value=$2 word=$3

    case $option in
    --flag | --key | --nginx | --conf | --module | --*-file | --ca | --cert | \
        --cert-key | --nodes | --textfile)
                           COMPREPLY=($(compgen -f -- "$word")); return ;;
    --page-dir | --prefix | --root)
                           COMPREPLY=($(compgen -d -- "$word")); return ;;
    --lang)                value=$("$shopctl" preview --lang '?' 2>&1 |
                               tail -n 1) ;;
    --page-look)           value='hero|card|plain' ;;
    --mode)                value='full|browse|words' ;;
    --incident)            value='last' ;;
    --for | --over)        value='10m|30m|1h|2h' ;;
    --valid)               value='1h|12h|24h' ;;
    esac

    case $value in
    TIME)                  value='+15m|+30m|+45m|+1h|+2h' ;;
    *[[:upper:]]*)         return ;;
    esac

    COMPREPLY=($(compgen -W "${value//|/ }" -- "$word"))
}

_shopctl() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local shopctl=${COMP_WORDS[0]} command=${COMP_WORDS[1]} line
    local list=("$shopctl" help --list "$command")

    COMPREPLY=()

    # "--eta=+45m" is three words to bash
    [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD - 2]}
    [[ $word == = ]] && { before=${COMP_WORDS[COMP_CWORD - 1]}; word=; }

    if (( COMP_CWORD == 1 )); then
        COMPREPLY=($(compgen -W "help --version
            $("$shopctl" help --list 2>/dev/null | cut -f 1)" -- "$word"))
        return
    fi

    if [[ $command == help ]]; then
        COMPREPLY=($(compgen -W \
            "$("$shopctl" help --list 2>/dev/null | cut -f 1)" -- "$word"))
        return
    fi

    # a program of its own, which has commands as we have
    if [[ $command == fleet ]]; then
        if (( COMP_CWORD == 2 )); then
            COMPREPLY=($(compgen -W "help
                $("$shopctl" fleet help --list 2>/dev/null | cut -f 1)" \
                -- "$word"))
            return
        fi

        list=("$shopctl" fleet help --list "${COMP_WORDS[2]}")
    fi

    if [[ $before == --* ]]; then
        line=$("${list[@]}" 2>/dev/null |
            grep -e "^$before"$'\t' | head -n 1)
        line=$(cut -f 2 <<< "$line")

        if [[ -n $line ]]; then
            _shopctl_values "$before" "$line" "$word"
            return
        fi
    fi

    case $word in
    -*)
        COMPREPLY=($(compgen -W "--help
            $("${list[@]}" 2>/dev/null | cut -f 1)" -- "$word"))
        return
        ;;
    esac

    case $command in
    check | preview | status | report)
        COMPREPLY=($(compgen -f -- "$word"))
        ;;
    esac
}

complete -o filenames -F _shopctl shopctl
