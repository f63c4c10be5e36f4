{{/* What several pages share. Each is given (dict "root" $ "part" "gateway"). */}}

{{- define "ballast.labels" -}}
app.kubernetes.io/name: ballast
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "ballast.allLabels" -}}
{{ include "ballast.labels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "ballast.image" -}}
{{- with .root.Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end }}
{{- end -}}
{{- end }}

{{- define "ballast.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "ballast.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* Where everything is, for all that open what is kept. */}}
{{- define "ballast.environment" -}}
- {name: BALLAST_SECRETS, value: /run/secrets/ballast}
- {name: BALLAST_MASTER_KEY_FILE, value: /run/secrets/ballast/master.key}
- {name: BALLAST_RASA_SECRET_FILE, value: /run/secrets/ballast/rasa.secret}
- {name: BALLAST_PUBLIC_URL, value: {{ .root.Values.publicUrl | quote }}}
- {name: BALLAST_RASA_HOST, value: {{ .root.Release.Name }}-rasa}
- {name: BALLAST_ACTIONS_HOST, value: {{ .root.Release.Name }}-actions}
{{- range $name, $value := .root.Values.settings }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end }}

{{- define "ballast.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if ne .part "actions" }}
- {name: house, mountPath: /var/lib/ballast}
- {name: secrets, mountPath: /run/secrets/ballast, readOnly: true}
{{- end }}
{{- end }}

{{- define "ballast.volumes" -}}
- name: tmp
  emptyDir: {medium: Memory, sizeLimit: 128Mi}
{{- if ne .part "actions" }}
- name: house
  persistentVolumeClaim: {claimName: {{ .root.Release.Name }}-house}
- name: secrets
  # For the group: Kubernetes gives a mounted secret to no user but root.
  secret: {secretName: {{ .root.Values.secretName }}, defaultMode: 0440}
{{- end }}
{{- end }}

{{/* The way to the databases, and to the names they are under. */}}
{{- define "ballast.toData" -}}
- to:
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: {{ .Values.network.dnsNamespace }}}
      podSelector:
        matchLabels: {k8s-app: kube-dns}
  ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
- to: [{ipBlock: {cidr: {{ .Values.network.databaseCidr | quote }}}}]
  ports:
    {{- range .Values.network.databasePorts }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}
