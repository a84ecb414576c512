# Completion of vault(1) for fish: asks the program what may follow, see src/cli/proposals.h.
function __vault_complete
    command -q vault; or return
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    # The word may be in the middle of a quotation.
    set -l word (string unescape -- $typed
        or string unescape -- $typed\'
        or string unescape -- $typed\"
        or echo)
    set -e words[1]
    set -l lines (command vault complete -- $words $word 2>/dev/null)
    switch "$lines[1]"
        case file
            set -l head (string match -r '^--?[^=]*=' -- $word)
            for path in (__fish_complete_path (string replace -r '^--?[^=]*=' '' -- $word))
                echo "$head$path"
            end
        case program
            __fish_complete_subcommand
        case format
            printf '%s\n' $lines[2..]
            __fish_complete_path $word
        case '*'
            printf '%s\n' $lines[2..]
    end
end
complete -c vault -f -k -a '(__vault_complete)'
