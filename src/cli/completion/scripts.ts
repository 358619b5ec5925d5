/** The scripts that teach shells to ask retain itself what may come next. Each calls the program under the name it was typed by. */

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** The first word that makes the program answer instead of running a command. */
export const asking = "__complete";

const bash = `# retain: completion for bash. Put this line into ~/.bashrc:  eval "$(retain completion bash)"
_retain_complete() {
  local line=\${COMP_LINE:0:COMP_POINT} typed cut="" i value words
  read -r -a words <<< "$line"
  typed=\${line##*[[:space:]]}
  [[ -z $typed ]] && words+=("")
  # Readline replaces only what comes after the last character that breaks words for it, such as a colon.
  for ((i = \${#typed} - 1; i >= 0; i--)); do
    if [[ $COMP_WORDBREAKS == *"\${typed:i:1}"* ]]; then cut=\${typed:0:i+1}; break; fi
  done
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    case $value in
      :files) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$typed"); compopt -o filenames 2>/dev/null ;;
      :folders) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$typed"); compopt -o filenames 2>/dev/null ;;
      *) COMPREPLY+=("\${value#"$cut"}") ;;
    esac
  done < <("\${words[0]}" ${asking} -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _retain_complete retain
`;

const zsh = `#compdef retain
# retain: completion for zsh. Put this line into ~/.zshrc, after compinit:  eval "$(retain completion zsh)"
_retain_complete() {
  local line value
  local -a values shown open open_shown
  for line in "\${(@f)$("\${words[1]}" ${asking} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) _files ;;
      :folders) _files -/ ;;
      *)
        value=\${line%%$'\\t'*}
        if [[ $value == *: ]]; then
          open+=("$value"); open_shown+=("\${line/$'\\t'/  -- }")
        else
          values+=("$value"); shown+=("\${line/$'\\t'/  -- }")
        fi ;;
    esac
  done
  (( $#values )) && compadd -l -d shown -a values
  (( $#open )) && compadd -l -S '' -d open_shown -a open
  return 0
}
compdef _retain_complete retain
`;

const fish = `# retain: completion for fish. Save it:  retain completion fish > ~/.config/fish/completions/retain.fish
function __retain_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    test (count $typed) -eq 0; and set typed ''
    for line in ($words[1] ${asking} -- $words[2..-1] $typed 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path $typed
            case ':folders'
                __fish_complete_directories $typed
            case '*'
                echo $line
        end
    end
end
complete -c retain -f -a '(__retain_complete)'
`;

const powershell = `# retain: completion for PowerShell. Put this line into $PROFILE:  retain completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName retain -ScriptBlock {
    param($typed, $line, $cursor)
    $words = @($line.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object { $_.ToString() })
    $program = $words[0]
    $rest = @($words | Select-Object -Skip 1)
    # An empty word would be lost on its way.
    if ($typed -eq '') { $rest += '""' }
    & $program ${asking} -- @rest 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
        $value, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
}
`;

export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
